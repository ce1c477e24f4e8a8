/** An archive of a release that has `skupper` at its top. */
export interface KrewArchive {
  /** As krew names them: linux, darwin. */
  readonly os: string
  /** As krew names them: amd64, arm64. */
  readonly arch: string
  readonly uri: string
  readonly sha256: string
}

export interface KrewRelease {
  /** As package.json has it. */
  readonly version: string
  readonly archives: readonly KrewArchive[]
}

/** The manifest by which krew installs the executable as `kubectl skupper`. */
export function krewManifest({ version, archives }: KrewRelease): object {
  return {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'skupper' },
    spec: {
      version: `v${version}`,
      shortDescription: 'Connect services across clusters, without a VPN',
      description:
        'Makes a namespace a site of a service network, links sites of several clusters and machines, and exposes services under one name in all of them.',
      platforms: archives.map(({ os, arch, uri, sha256 }) => ({
        selector: { matchLabels: { os, arch } },
        uri,
        sha256,
        bin: 'skupper',
        files: [{ from: 'skupper', to: '.' }],
      })),
    },
  }
}
