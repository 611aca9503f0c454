/** The id of the check of the policy itself; no control of a policy may take it. */
export const policyValid = 'policy-valid'
