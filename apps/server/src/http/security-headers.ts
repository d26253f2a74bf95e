import { secureHeaders } from 'hono/secure-headers'

const shared = {
  // The service speaks plain HTTP on the loopback.
  strictTransportSecurity: false,
  xFrameOptions: 'DENY',
} as const

/** Answers are data: nothing in them may load, run or be framed. */
export const apiHeaders = secureHeaders({
  ...shared,
  // Those of the documentation page stand.
  overwrite: false,
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
})

/** The documentation page runs its own scripts and talks to this service only; Swagger UI sets styles in place. */
export const docsHeaders = secureHeaders({
  ...shared,
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
})
