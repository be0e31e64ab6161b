/**
 * Open lists that the floor above the host fills by declaration merging: what it offers to plugins, and what it lets them
 * contribute besides routes, loops and a site. The host passes both on without knowing what they are.
 */

/** Services by name; each is a record of parts, which plugins are granted one by one: `needs: { service: ['part'] }`. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface Services {}

/** A part of a service is opened for each plugin that is granted it. */
export type ServiceParts<S> = { readonly [P in keyof S]: (plugin: string) => S[P] }
export type OpenServices = { readonly [S in keyof Services]: ServiceParts<Services[S]> }

/** Optional fields of a plugin, by name. `Granted` is what the plugin was granted. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
// biome-ignore lint/correctness/noUnusedVariables: for what is merged in
export interface Contributions<Granted> {}
