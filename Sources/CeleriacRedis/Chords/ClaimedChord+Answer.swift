import CeleriacCore
import CeleriacWire
import RESPClient

extension RESPValue {
    /// The number of parts of a chord, read from a text that anybody may have written.
    var count: Int? { text.flatMap { Int($0) }.map { Int(count: $0) } }
}

extension ClaimedChord {
    /// Reads one chord in the answer of ``Scripts/claimChords``.
    init?(_ answer: RESPValue, claim: String, _ formats: ResultFormats) {
        guard let fields = answer.elements, fields.count == 7, let groupID = fields[0].text,
            let size = fields[1].count, let body = fields[2].bytes
        else { return nil }
        let parts = Self.parts(fields[6].elements ?? [], of: groupID, formats)
        func id(_ field: RESPValue) -> TaskID? { field.text.flatMap { $0.isEmpty ? nil : TaskID($0) } }
        self.init(
            groupID: groupID, claim: claim, size: size, body: body, rootID: id(fields[3]),
            lastID: id(fields[4]) ?? parts.last?.id ?? TaskID(groupID), header: nil, parts: parts)
        if let header = fields[5].bytes, !header.isEmpty { take(header, formats) }
    }

    /// Reads alternating members and places.
    private static func parts(_ fields: [RESPValue], of groupID: String, _ formats: ResultFormats) -> [Part] {
        stride(from: 0, to: fields.count - 1, by: 2).map { at in
            let place = fields[at + 1].double.flatMap { Int(exactly: $0) }
            // Parts are counted by id and place together, so each needs its own id.
            let id = TaskID("\(groupID)[\(at / 2)]")
            return ChordMember.decode(fields[at].bytes ?? [], index: place, orID: id, formats: formats)
        }
    }

    /// Reads the saved shape. Without it a nested header would become one list: such a chord fails, as in Celery.
    private mutating func take(_ saved: [UInt8], _ formats: ResultFormats) {
        do {
            header = try SavedGroup.decode(saved, formats: formats)
        } catch {
            let failure = TaskFailure(
                type: "DecodeError", module: "kombu.exceptions", message: "the chord's saved header: \(error)")
            parts.append(Part(index: -1, id: TaskID(groupID), result: .failure(failure)))
        }
    }
}
