/** A request that the provider understands but refuses; the message is for the client. */
export class BadRequest extends Error {}
