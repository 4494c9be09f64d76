import Celeriac
import CeleriacCore
import Foundation

/// Formats events: one line each, all fields, or JSON.
struct EventLines {
    let isDump: Bool
    let isJSON: Bool
    private var names = CallNames()

    private static let kindWidth = 16
    /// Fields that a column shows already, or that are of no use to people.
    private static let silent: Set = ["uuid", "name", "traceback", "sw_ident", "sw_ver", "sw_sys", "freq"]

    init(isDump: Bool, isJSON: Bool) {
        self.isDump = isDump
        self.isJSON = isJSON
    }

    mutating func text(of event: MonitorEvent) -> String {
        if isJSON { return document(event).text.visibleInJSON }
        names.learn(from: event)
        return isDump ? dump(event) : line(event)
    }

    /// `12:00:01.250  task-succeeded   w1@box  tasks.add[9c1f…]  result=4 runtime=0.01`
    private func line(_ event: MonitorEvent) -> String {
        let kind = event.kind.rawValue.onOneLine
        let space = String(repeating: " ", count: max(0, Self.kindWidth - kind.count))
        let call = event.taskID.map { "  \(names[$0] ?? "?")[\($0)]".onOneLine } ?? ""
        let details = details(of: event)
        return "\(clockTime(event))  \(kind)\(space)  \(event.node.onOneLine)\(call)"
            + (details.isEmpty ? "" : "  \(details)")
    }

    private func details(of event: MonitorEvent) -> String {
        let fields = event.fields.filter { !Self.silent.contains($0.key.text) && !$0.value.isNull }
        return fields.sorted { $0.key < $1.key }.map { "\($0.key)=\(plain($0.value))".onOneLine }.joined(separator: " ")
    }

    private func dump(_ event: MonitorEvent) -> String {
        let own: [(String, String)] = [
            ("node", event.node), ("pid", "\(event.pid)"), ("clock", "\(event.clock)"),
        ]
        let fields = event.fields.sorted { $0.key < $1.key }.map { ($0.key.text, plain($0.value)) }
        let lines = (own + fields).map { "    \($0.0): \($0.1)".onOneLine }
        return (["\(clockTime(event))  \(event.kind)".onOneLine] + lines).joined(separator: "\n")
    }

    private func document(_ event: MonitorEvent) -> JSONValue {
        [
            "kind": .text(event.kind), "node": .string(event.node), "pid": .count(event.pid),
            "clock": .integer(event.clock), "at": .date(event.at), "task_id": .text(event.taskID),
            "fields": .object(event.fields),
        ]
    }

    private func plain(_ value: JSONValue) -> String { value.stringValue ?? value.text }

    private func clockTime(_ event: MonitorEvent) -> String {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .current)
        return String(event.at.formatted(style.time(includingFractionalSeconds: true)).prefix(12))
    }
}
