package import CeleriacCore
import Foundation
import Synchronization

/// The promises of the suite that do not hold on a store: the part of that store in the section "What does not hold
/// where" of `docs/semantics.md`.
package struct DifferenceTable {
    private let store: String
    private let lines: [String]

    /// - Parameters:
    ///   - store: the name of the store in the documentation.
    ///   - traits: those by which the store is tested.
    ///   - differences: further promises that do not hold, by name, with the reason.
    package init<Store: Broker>(
        _ store: String, for type: Store.Type, traits: BrokerTraits = BrokerTraits(),
        differences: [String: String] = [:]
    ) {
        self.store = store
        let skipped = BrokerCheck.skipped(for: type, traits: traits)
        let kept = BrokerCheck.all(for: type, traits: traits).count - differences.count
        lines =
            ["\(kept) checks of the suite hold." + Self.lacks(of: type)]
            + Self.rows(
                skipped.map { Self.row(of: $0) }
                    + differences.sorted { $0.key < $1.key }.map { Self.row($0.key, "–", $0.value) })
    }

    /// Compares the part of the documentation with what the code says; writes it instead if the environment has
    /// `CELERIAC_RENEW_DOCS=1`.
    ///
    /// - Throws: ``BrokenPromise`` if they differ, with what to do.
    package func check() throws {
        try Self.file.withLock { file in
            var text = try String(contentsOf: file, encoding: .utf8)
            let (begin, end) = ("<!-- begin differences: \(store) -->\n", "<!-- end differences: \(store) -->")
            guard let start = text.range(of: begin)?.upperBound,
                let stop = text.range(of: end, range: start..<text.endIndex)?.lowerBound
            else { throw BrokenPromise("docs/semantics.md has no lines \(begin)and \(end)", #fileID, #line) }
            let expected = lines.joined(separator: "\n") + "\n"
            if text[start..<stop] == expected { return }
            guard ProcessInfo.processInfo.environment["CELERIAC_RENEW_DOCS"] == "1" else {
                throw BrokenPromise(
                    "docs/semantics.md does not list the checks that do not hold on \(store): run "
                        + "CELERIAC_RENEW_DOCS=1 swift test --filter differencesDocumented, and commit the file",
                    #fileID, #line)
            }
            text.replaceSubrange(start..<stop, with: expected)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
    }

    // MARK: Lines

    private static func lacks<Store: Broker>(of type: Store.Type) -> String {
        let lacking = PortChecks.all(for: type).filter { !$0.apply }
        let ports = lacking.map(\.port).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        guard !ports.isEmpty else { return "" }
        let words = ports.map { port in
            let count = lacking.filter { $0.port == port }.map(\.checks.count).reduce(0, +)
            return "\(port == "canvases" ? port : "`\(port)`") (\(count))"
        }
        return " It lacks these ports, whose checks do not apply: \(words.joined(separator: ", "))."
    }

    private static func rows(_ rows: [String]) -> [String] {
        guard !rows.isEmpty else { return [] }
        return ["", "| promise that does not hold | needs | reason |", "|---|---|---|"] + rows
    }

    private static func row(of check: SkippedCheck) -> String {
        let unmet = check.unmet.sorted { $0.objection < $1.objection }
        return row(check.name, unmet.map(\.trait).joined(separator: "; "), check.reasons.joined(separator: "; "))
    }

    private static func row(_ promise: String, _ needs: String, _ reason: String) -> String {
        "| “\(promise)” | \(needs) | \(reason) |"
    }

    private static let file = Guarded(
        (0..<4).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
            .appending(path: "docs/semantics.md"))
}
