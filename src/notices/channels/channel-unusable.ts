/** The channel cannot be used as it is configured: every notice would hear the same, and the admin mends it. */
export class ChannelUnusable extends Error {
  override name = 'ChannelUnusable'
}
