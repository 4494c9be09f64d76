#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacWire

/// Opening chords.
extension Publisher {
    /// Counts the parts of chords; `nil` where nothing does.
    var chords: (any ChordStore)? { results as? any ChordStore }

    private static let counters = "use memory, SQLite or Redis for results"
    static let sendsNoChords =
        "a chord (or a group with a step behind it) needs a result backend that counts its parts, and this app has none: "
        + counters
    static let lacksChords =
        "a chord is among what comes after it, and the result backend of this app, if there is one, cannot count its parts: "
        + counters

    func chordSteps(opening chords: [OpenedChord]) -> [ChordStep] {
        let expires = resultLifetime.map(time.now.addingTimeInterval)
        return chords.map { chord in
            .open(
                ChordOpening(
                    groupID: chord.groupID, size: chord.size, body: canvasCodec.encode(chord.body),
                    rootID: chord.body.options.rootID, header: chord.isNested ? chord.header : nil, expires: expires))
        }
    }
}
