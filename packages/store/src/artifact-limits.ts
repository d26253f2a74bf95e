/** Most bytes of one artifact: storing it must not keep others from the database for long. */
export const maximumArtifactBytes = 256 * 2 ** 20
