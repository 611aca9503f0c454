/** emulate writes null where we say undefined. */
export const some = <T>(value: T | null | undefined): T | undefined => value ?? undefined
