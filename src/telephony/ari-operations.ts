/**
 * The operations of ARI that we use: name (ari-client's `resource.operation`), method and path. One table serves both transports.
 * @see https://docs.asterisk.org/Asterisk_22_Documentation/API_Documentation/Asterisk_REST_Interface/
 */
export const ariOperations = {
  'applications.filter': ['PUT', 'applications/{applicationName}/eventFilter'],
  'applications.get': ['GET', 'applications/{applicationName}'],
  'applications.subscribe': ['POST', 'applications/{applicationName}/subscription'],
  'asterisk.getGlobalVar': ['GET', 'asterisk/variable'],
  'asterisk.getInfo': ['GET', 'asterisk/info'],
  'asterisk.setGlobalVar': ['POST', 'asterisk/variable'],
  'channels.answer': ['POST', 'channels/{channelId}/answer'],
  'channels.continueInDialplan': ['POST', 'channels/{channelId}/continue'],
  'channels.get': ['GET', 'channels/{channelId}'],
  'channels.hangup': ['DELETE', 'channels/{channelId}'],
  'channels.list': ['GET', 'channels'],
  'channels.originateWithId': ['POST', 'channels/{channelId}'],
  'channels.playWithId': ['POST', 'channels/{channelId}/play/{playbackId}'],
  'channels.record': ['POST', 'channels/{channelId}/record'],
  'channels.ring': ['POST', 'channels/{channelId}/ring'],
  'channels.ringStop': ['DELETE', 'channels/{channelId}/ring'],
  'channels.rtpstatistics': ['GET', 'channels/{channelId}/rtp_statistics'],
  'channels.setChannelVar': ['POST', 'channels/{channelId}/variable'],
  'channels.startMoh': ['POST', 'channels/{channelId}/moh'],
  'channels.stopMoh': ['DELETE', 'channels/{channelId}/moh'],
  'deviceStates.get': ['GET', 'deviceStates/{deviceName}'],
  'playbacks.get': ['GET', 'playbacks/{playbackId}'],
  'playbacks.stop': ['DELETE', 'playbacks/{playbackId}'],
  'recordings.getLive': ['GET', 'recordings/live/{recordingName}'],
  'recordings.getStored': ['GET', 'recordings/stored/{recordingName}'],
  'recordings.deleteStored': ['DELETE', 'recordings/stored/{recordingName}'],
  'recordings.stop': ['POST', 'recordings/live/{recordingName}/stop'],
} as const satisfies Record<string, readonly ['GET' | 'POST' | 'PUT' | 'DELETE', string]>

export type AriOperation = keyof typeof ariOperations
/** Path and query parameters by Asterisk's names; `body` goes as JSON. `undefined` is left out. */
export type AriParameters = Record<string, string | number | undefined> & { body?: never }

/** Method and the path with its query, ready to send; every value is percent-encoded. */
export function ariPath(operation: AriOperation, parameters: AriParameters): { method: string; uri: string } {
  const [method, template] = ariOperations[operation]
  const used = new Set<string>()
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    used.add(name)
    const value = parameters[name]
    if (value === undefined || value === '') throw new Error(`${operation} needs ${name}`)
    return encodeURIComponent(value)
  })
  const query = Object.entries(parameters)
    .filter(([name, value]) => value !== undefined && !used.has(name))
    .map(([name, value]) => `${name}=${encodeURIComponent(value!)}`)
  return { method, uri: query.length > 0 ? `${path}?${query.join('&')}` : path }
}
