package import CeleriacCore

extension Envelope {
    /// The envelope that people are shown for an unreadable message: the message's bytes are its body.
    package static func unreadable(_ id: TaskID, _ raw: [UInt8]) -> Envelope {
        Envelope(
            headers: MessageHeaders(id: id, task: "unreadable"),
            properties: Properties(contentType: "application/octet-stream", contentEncoding: "binary"), body: raw)
    }
}
