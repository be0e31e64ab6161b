/** Bundles the web console into `plugins/console/built`, so that a container's first visitor does not wait for it. */
import { writeBundle } from '../plugins/console/bundle.ts'

console.log(`The console is bundled: ${await writeBundle()} files`)
