/// A part with options of a call, for parts that have no options of their own to change.
struct OptionedPart<Part: CanvasPart>: CanvasPart {
    let part: Part
    let options: CallOptions

    func canvasSignature() throws -> CanvasSignature { try part.canvasSignature().overridden(by: options) }

    func decodeResult(_ bytes: [UInt8]) throws -> Part.Output { try part.decodeResult(bytes) }
}

extension CanvasPart {
    /// Returns the same part with other options. For several calls, they apply to those that start first.
    func optioned(_ options: CallOptions) -> any CanvasPart {
        if let step = self as? any StepPart { return step.with(options) }
        return OptionedPart(part: self, options: options)
    }
}

extension CanvasSignature {
    /// Returns the same signature with a call's options, which override its own. They are applied to the first step of
    /// a chain, to the members of a group, and to the header of a chord.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` for an option that cannot travel in a canvas.
    fileprivate func overridden(by options: CallOptions) throws -> CanvasSignature {
        var changed = self
        switch work {
        case .call, .map, .chunks:
            let terms = CallTerms(options, over: TaskOptions())
            try terms.checkThatOptionsTravel(in: title)
            changed.options = self.options.merging(terms.canvasOptions)
        case .chain(var steps):
            guard let first = steps.first else { return self }
            steps[0] = try first.overridden(by: options)
            changed.work = .chain(steps)
        case .group(let members): changed.work = .group(try members.map { try $0.overridden(by: options) })
        case .chord(var chord):
            chord.header = try chord.header.map { try $0.overridden(by: options) }
            changed.work = .chord(chord)
        }
        return changed
    }
}
