import { createElement } from 'react'

export const Button = ({ children, ...rest }) => createElement('button', { className: 'acme-button', ...rest }, children)
