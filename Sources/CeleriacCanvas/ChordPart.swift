package import CeleriacCore

/// The report that a call of a chord's header makes when it has ended.
package struct ChordPart: Sendable, Hashable {
    /// The id of the header's group: the key under which parts are counted.
    package var groupID: String
    /// Its position in the header; `nil` to sort it after all parts that have one. Positions may repeat.
    package var index: Int?
    package var id: TaskID
    package var result: ChordReport.Result
    /// The body that is due when all parts have arrived.
    package var body: CanvasSignature

    package init(groupID: String, index: Int?, id: TaskID, result: ChordReport.Result, body: CanvasSignature) {
        self.groupID = groupID
        self.index = index
        self.id = id
        self.result = result
        self.body = body
    }

    package var state: TaskState {
        switch result {
        case .success: .success
        case .failure: .failure
        case .revoked: .revoked
        }
    }

    package var failure: TaskFailure? {
        switch result {
        case .success: nil
        case .failure(let failure), .revoked(let failure): failure
        }
    }

    /// Identifies the part, so that a repeated report of the same call is recognised. Celery's format: `<id>:<index>`
    /// or `<id>:+inf`.
    package var key: String { "\(id.rawValue):\(index.map(String.init) ?? "+inf")" }
}

extension FinishedCall {
    /// `nil` if the call is not in the header of a chord.
    func part(_ result: ChordReport.Result) -> ChordPart? {
        guard let body = embed.chord, let group = headers.group else { return nil }
        return ChordPart(groupID: group, index: headers.groupIndex, id: id, result: result, body: body)
    }
}
