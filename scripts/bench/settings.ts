/** Settings of the product as they are where nobody changes them. */
import { describeSettings } from '../../core/messaging/settings.ts'
import { plugins } from '../../plugins/index.ts'

/** @throws Error when there is no such setting, or its default is no number */
export function defaultOf(name: string): number {
  const text = describeSettings(plugins).find((setting) => setting.name === name)?.default
  const value = Number(text || Number.NaN)
  if (Number.isNaN(value)) throw new Error(`There is no setting "${name}" with a number as its default`)
  return value
}
