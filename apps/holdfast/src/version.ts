// The version, read once from the package's own manifest, so that it stands in one place only.

import manifest from '../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;
