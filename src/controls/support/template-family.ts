/** A template that asks for these would ask for what asks for it: they are passed over in `golden-path.dev/requires`. */
const family: ReadonlySet<string> = new Set(['template-controls', 'template-contract', 'template-current'])

export const isTemplateControl = (id: string): boolean => family.has(id)
