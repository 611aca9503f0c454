export const name = 'search-box'
