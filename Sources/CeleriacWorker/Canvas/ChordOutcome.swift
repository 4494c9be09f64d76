import CeleriacCanvas
import CeleriacWire
import Logging

/// The result of a complete chord: its body with the outputs, or the calls that fail with it.
struct ChordOutcome: Sendable {
    private let chord: ClaimedChord
    private let app: TaskApp

    init(of chord: ClaimedChord, _ app: TaskApp) {
        self.chord = chord
        self.app = app
    }

    /// - Throws: `BrokerError` and other errors after which a retry makes sense. An invalid chord becomes a failure.
    func launch() async throws -> ChordLaunch {
        let body: CanvasSignature
        do {
            body = try app.publisher.canvasCodec.decodeSignature(chord.body)
        } catch {
            log("the body of a chord cannot be decoded; it never runs", error)
            return ChordLaunch(groupID: chord.groupID, claim: chord.claim)
        }
        do {
            return try await launch(body)
        } catch let error as BrokerError {
            throw error
        } catch {
            log("the body of a chord is invalid; it fails", error)
            return try await fail(body, TaskFailure(error))
        }
    }

    private func launch(_ body: CanvasSignature) async throws -> ChordLaunch {
        let parts = chord.parts.map {
            ChordPart(groupID: chord.groupID, index: $0.index, id: $0.id, result: $0.result, body: body)
        }
        switch ChordJoin(size: chord.size, header: chord.header).outcome(of: parts) {
        case .complete(let results):
            let last = FinishedCall(headers: lastHeaders, embed: CanvasEmbed())
            let plan = try ChordJoin.plan(
                body, ofChord: chord.groupID, results: results, after: last, in: app.publisher.canvasSurroundings())
            var continuation = CanvasContinuation()
            continuation.plan = plan
            return try await launch(continuation)
        case .failed(let failure):
            return try await launch(CanvasContinuation(after: failure, in: app.publisher.canvasSurroundings()))
        case .waiting(_, let count):
            throw CeleriacError(.malformedMessage, "\(count) of \(chord.size) parts were not stored")
        }
    }

    private func fail(_ body: CanvasSignature, _ failure: TaskFailure) async throws -> ChordLaunch {
        do {
            let continuation = try CanvasContinuation(
                failingBody: body, ofChord: chord.groupID, with: failure, in: app.publisher.canvasSurroundings())
            return try await launch(continuation)
        } catch let error as BrokerError {
            throw error
        } catch {
            log("the errbacks of a chord are invalid; none is sent", error)
            return ChordLaunch(groupID: chord.groupID, claim: chord.claim)
        }
    }

    private func launch(_ continuation: CanvasContinuation) async throws -> ChordLaunch {
        ChordLaunch(
            groupID: chord.groupID, claim: chord.claim,
            publications: try await app.publisher.plan(continuation.plan, in: app.publisher.usualSerializer),
            changes: continuation.failed.map(app.change(of:)),
            steps: try app.chordSteps(of: continuation, rootID: chord.rootID))
    }

    /// The headers of the last part, as far as the calls that follow need them.
    private var lastHeaders: MessageHeaders {
        var headers = MessageHeaders(id: chord.lastID, task: "celery.chord")
        headers.rootID = chord.rootID
        return headers
    }

    private func log(_ message: Logger.Message, _ error: any Error) {
        app.logger.error(message, metadata: ["error": "\(error)", "chord": "\(chord.groupID)"])
    }
}
