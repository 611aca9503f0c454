export const name = 'product-page'
