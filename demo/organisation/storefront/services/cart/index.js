export const name = 'cart'
