module.exports = (text, width, fill = ' ') => String(text).padStart(width, fill)
