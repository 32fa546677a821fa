// Signs in as the KubeRocketCI portal does: openid-client, code with PKCE and a client secret.
//
// Environment: ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, PORTAL_URL. It writes the address to
// open as a line, reads the address that the browser was sent back to as a line, and writes what
// it got as a line of JSON. A refresh sends no scope, as the portal's does not.
import { createInterface } from 'node:readline'
import * as client from 'openid-client'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, PORTAL_URL } = process.env
const config = await client.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET)
// Signatures too, by jose.
client.enableNonRepudiationChecks(config)

const verifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const nonce = client.randomNonce()
const address = client.buildAuthorizationUrl(config, {
  redirect_uri: REDIRECT_URI,
  scope: 'openid profile email offline_access',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
})
console.log(address.href)

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const back = new URL((await lines.next()).value)
const first = await client.authorizationCodeGrant(config, back, {
  pkceCodeVerifier: verifier,
  expectedState: state,
  expectedNonce: nonce,
  idTokenExpected: true,
})
const refreshed = await client.refreshTokenGrant(config, first.refresh_token)
const user = await client.fetchUserInfo(config, refreshed.access_token, first.claims().sub)
const end = client.buildEndSessionUrl(config, {
  id_token_hint: refreshed.id_token,
  post_logout_redirect_uri: PORTAL_URL,
})
console.log(
  JSON.stringify({ first: first.claims(), refreshed: refreshed.claims(), user, end: end.href }),
)
process.exit(0)
