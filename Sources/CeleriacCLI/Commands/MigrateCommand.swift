import ArgumentParser
import Celeriac
import CeleriacCore

/// `migrate`: creates or updates the tables of the app's stores.
struct MigrateCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Create or update the tables in PostgreSQL.",
        discussion: """
            Run it once, as a role that may create tables, before the first worker and after each update of Celeriac. \
            Workers need no such role. Other stores need no migration.
            """
    )

    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let stores = app.backend.migrated
        guard !stores.isEmpty else {
            throw CeleriacError(
                .unsupported,
                "the broker (\(app.backend.broker.transport)) and the result backend "
                    + "(\(app.backend.results?.transport ?? "none")) need no migration: they make what they need themselves"
            )
        }
        for store in stores { show(try await store.migrate(), terminal) }
    }

    private func show(_ report: MigrationReport, _ terminal: Terminal) {
        if output.json {
            terminal.show([
                "place": .text(report.place), "from": .count(report.from), "to": .count(report.to),
            ])
        } else if report.from == report.to {
            terminal.print("\(report.place): version \(report.to) already".onOneLine)
        } else {
            terminal.print("\(report.place): from version \(report.from) to \(report.to)".onOneLine)
        }
    }
}
