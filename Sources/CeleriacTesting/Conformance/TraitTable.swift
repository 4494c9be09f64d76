package import CeleriacCore
import Foundation

/// The table of brokers and their traits in `docs/semantics.md`, for comparison with the traits that brokers declare.
package struct TraitTable {
    private let rows: [[String]]

    /// Reads the table from the package's documentation.
    package init() throws {
        let root = (0..<4).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        let text = try String(contentsOf: root.appending(path: "docs/semantics.md"), encoding: .utf8)
        let lines = text.split(separator: "\n").drop { !$0.hasPrefix("| trait |") }.prefix { $0.hasPrefix("|") }
        rows = lines.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// Returns the documented traits of a broker, by trait.
    package func column(_ broker: String) throws -> [String: String] {
        let heading = try require(rows.first, "a table of traits in docs/semantics.md")
        let place = try require(heading.firstIndex(of: broker), "a column \"\(broker)\" in docs/semantics.md")
        return Dictionary(
            rows.dropFirst(2).filter { $0.count > place }.map { ($0[0], $0[place]) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Returns the column that a broker with these traits must have.
    package static func column(of traits: BrokerTraits) -> [String: String] {
        func word(_ value: Bool) -> String { value ? "yes" : "no" }
        return [
            "`claimOrder`": traits.claimOrder.rawValue, "`priorities`": word(traits.priorities),
            "`settlement`": traits.settlement.rawValue, "`batch`": traits.batch.rawValue,
            "`knowsIDs`": word(traits.knowsIDs), "`uniqueKeys`": word(traits.uniqueKeys), "`front`": word(traits.front),
            "`leases`": word(traits.leases), "`delays`": word(traits.delays),
            "`deliveryCount`": traits.deliveryCount.rawValue, "`countsReleases`": word(traits.countsReleases),
            "`counts`": traits.counts.rawValue,
            "`anyNames`": word(traits.anyNames), "`anyBytes`": word(traits.anyBytes), "`clock`": traits.clock.rawValue,
        ]
    }
}
