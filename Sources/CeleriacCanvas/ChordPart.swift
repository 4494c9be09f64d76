package import CeleriacCore

/// What a call of a chord's header reports when it has ended.
package struct ChordPart: Sendable, Hashable {
    /// Of the header: the key under which parts are counted.
    package var groupID: String
    /// Its place in the header; `nil` = behind all that have one. Places may repeat.
    package var index: Int?
    package var id: TaskID
    package var result: ChordReport.Result
    /// What is due when all parts are there.
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

    /// What tells it from a repeated report of the same call, in Celery's words: `<id>:<index>`, or `<id>:+inf`.
    package var key: String { "\(id.rawValue):\(index.map(String.init) ?? "+inf")" }
}

extension FinishedCall {
    /// `nil` where the call is in the header of no chord.
    func part(_ result: ChordReport.Result) -> ChordPart? {
        guard let body = embed.chord, let group = headers.group else { return nil }
        return ChordPart(groupID: group, index: headers.groupIndex, id: id, result: result, body: body)
    }
}
