// Package send delivers OTLP requests: over HTTP as protobuf or JSON, and over
// gRPC, by the rules of the OTLP specification 1.11.
//
//   - Any 2xx is success, whatever its body. A partial success that rejects
//     items is reported, and never sent again.
//   - 429, 502, 503, 504, failed and cut connections, and timeouts are tried
//     again, after Retry-After (seconds or a date), else after a time that
//     doubles and is jittered. Of gRPC: CANCELLED, DEADLINE_EXCEEDED, ABORTED,
//     OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS, and RESOURCE_EXHAUSTED if it says
//     when to try again.
//   - A request that is too large (413, or a 400 that says so) is split in two.
//   - Everything else is refused for good. Redirects are not followed.
//
// What is not accepted is handed to Config.Dead. No message has a header or the
// password of an address in it.
package send
