#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacWire

/// Makes the steps that open chords.
extension Publisher {
    package func chordSteps(opening chords: [OpenedChord]) -> [ChordStep] {
        let expires = resultLifetime.map(time.now.addingTimeInterval)
        return chords.map { chord in
            .open(
                ChordOpening(
                    groupID: chord.groupID, size: chord.size, body: canvasCodec.encode(chord.body),
                    rootID: chord.body.options.rootID, header: chord.isNested ? chord.header : nil, expires: expires))
        }
    }
}
