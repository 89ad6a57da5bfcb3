/** Module state, as a composition root has it. */
export const state = { count: 0 }
