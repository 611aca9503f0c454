/** Plain, after the colours and sizes of GitHub's check page. */
export const style = `
body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", Helvetica, Arial, sans-serif; color: #1f2328;
  background: #fff; max-width: 980px; margin: 0 auto; padding: 16px; }
.home { font-size: 12px; }
a { color: #0969da; text-decoration: none; }
a:hover { text-decoration: underline; }
code, pre { font: 12px/1.45 ui-monospace, SFMono-Regular, Menlo, "Liberation Mono", "DejaVu Sans Mono", monospace; }
code { background: #818b981f; border-radius: 6px; padding: .2em .4em; }
h2 { font-size: 20px; line-height: 1.25; margin: 0 0 12px; }
h3 { font-size: 16px; margin: 20px 0 8px; }
table { border-collapse: collapse; margin: 0 0 16px; }
th, td { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left; vertical-align: top; }
tr:nth-child(2n) { background: #f6f8fa; }
section { border: 1px solid #d1d9e0; border-radius: 6px; margin: 0 0 24px; }
section header { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; padding: 10px 16px; }
section header form { display: inline; float: right; margin: -3px 0 0 8px; }
button { font: inherit; border: 1px solid #d1d9e0; border-radius: 6px; background: #fff; padding: 2px 12px; cursor: pointer; }
section .output { padding: 16px; }
section.issue { border: 0; }
section.issue .output { border: 1px solid #d1d9e0; border-radius: 6px; }
.mark { font-weight: 600; }
.failure.mark { color: #d1242f; }
.success.mark { color: #1a7f37; }
.neutral.mark, .number { color: #59636e; font-weight: 400; }
.annotation { border: 1px solid #d1d9e0; border-left: 4px solid #9a6700; border-radius: 6px; margin: 0 0 8px; padding: 8px 12px; }
.annotation.failure { border-left-color: #d1242f; }
.annotation p { margin: 0 0 4px; }
.annotation pre { margin: 0; white-space: pre-wrap; }
.state { border-radius: 2em; color: #fff; padding: 4px 12px; background: #8250df; }
.state.open { background: #1f883d; }
.file { background: #f6f8fa; padding: 8px 8px 8px 56px; }
.file code { background: none; white-space: pre; }
.file li:target { background: #fff8c5; }
`
