import { useEffect, useState } from 'react'
import type { CountryCode } from '../../../../core/messaging/text/phone.ts'
import { basePath } from '../api/base.ts'

export interface Config {
  /** Country of phone numbers without a country code. */
  readonly country: CountryCode
}

let known: Promise<Config> | undefined

/** Settings of the server that the page needs; undefined until they are loaded. */
export function useConfig(): Config | undefined {
  const [config, setConfig] = useState<Config>()
  useEffect(() => {
    known ??= fetch(`${basePath()}config.json`).then((response) => response.json())
    known.then(setConfig, () => {
      known = undefined
    })
  }, [])
  return config
}
