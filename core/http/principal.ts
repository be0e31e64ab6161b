/** Principal of a request: the caller and their scopes. */

export interface Principal {
  /** Name in the log: `key:` and the beginning of the key's hash, or `local` where no keys are set. */
  readonly actor: string
  readonly scopes: 'all' | ReadonlySet<string>
}

/** Everybody who reaches a server without keys. */
export const local: Principal = Object.freeze({ actor: 'local', scopes: 'all' })

/** A caller without a valid key, who gets no further than the open routes. */
export const anonymous: Principal = Object.freeze({ actor: 'anonymous', scopes: new Set<string>() })

const principals = new WeakMap<Request, Principal>()

export const setPrincipal = (request: Request, principal: Principal): void => void principals.set(request, principal)

export const principalOf = (request: Request): Principal => principals.get(request) ?? anonymous

export const hasScope = ({ scopes }: Principal, scope: string | undefined): boolean =>
  scopes === 'all' || (scope !== undefined && scopes.has(scope))
