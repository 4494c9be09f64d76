import CeleriacWire

/// Checks whether the broker can carry a canvas, and writes it into messages.
extension Publisher {
    package func checkThatCanvasIsCarried(_ canvas: CanvasSignature) throws {
        try checkThatLinksAreCarried()
        if canvas.holdsChord { _ = try backend.require(.chords) }
    }

    /// RQ's jobs carry no canvas.
    private func checkThatLinksAreCarried() throws {
        guard backend.jobs != nil else { return }
        throw CeleriacError(
            .unsupported,
            "RQ has no chains, groups, callbacks, errbacks or stamps: use dependsOn and group of its jobs"
        )
    }

    /// Writes callbacks, errbacks and stamps into the message of a single call, and adds the stamps of the call that
    /// sends it.
    func carry(_ carried: CanvasOptions?, in message: inout Message, sentBy parent: MessageHeaders?) throws {
        if let carried {
            try checkThatLinksAreCarried()
            for signature in carried.links + carried.errbacks { try checkThatCanvasIsCarried(signature) }
            if !(carried.links.isEmpty && carried.errbacks.isEmpty) { message.embed = embed(of: carried) }
        }
        let inherited = parent?.extra["stamps"]?.objectValue ?? [:]
        guard carried != nil || !inherited.isEmpty else { return }
        (carried ?? CanvasOptions()).writeStamps(into: &message.headers.extra, inheriting: inherited)
    }

    private func embed(of carried: CanvasOptions) -> [UInt8] {
        canvasCodec.encode(
            CanvasEmbed(
                callbacks: carried.links.isEmpty ? nil : carried.links,
                errbacks: carried.errbacks.isEmpty ? nil : carried.errbacks))
    }
}
