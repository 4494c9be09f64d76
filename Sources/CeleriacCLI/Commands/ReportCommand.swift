import ArgumentParser
import Celeriac
import CeleriacCore
import CeleriacWorker
import Foundation

/// `report`: shows versions, platform and settings, for bug reports.
struct ReportCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Show versions, platform and settings, for bug reports.",
        discussion: """
            Asks no server, and shows no password. Settings have their names in Celery; those that have Celery's \
            default are left out. For what running workers say of themselves, use inspect report.
            """
    )

    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let report = Report(of: app, program: try CommandSession.required().versionLine)
        output.json ? terminal.show(report.document) : terminal.show(report.parts)
    }
}

/// The facts about an app and the machine that it runs on.
private struct Report {
    let program: String
    let broker: String
    let results: String
    let settings: [NamedSetting]

    init(of app: TaskApp, program: String) {
        self.program = program
        broker = app.brokerURL?.description ?? app.broker.transport
        results = app.resultsURL?.description ?? app.results?.transport ?? "none"
        settings = app.namedSettings.filter { $0.value != $0.preset }
    }

    private static let compiler: String = {
        #if compiler(>=6.4)
            "Swift 6.4 or later"
        #elseif compiler(>=6.3)
            "Swift 6.3"
        #else
            "Swift 6.2 or earlier"
        #endif
    }()

    private static let architecture: String = {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "arm64"
        #else
            "another architecture"
        #endif
    }()

    private static var platform: String {
        let info = ProcessInfo.processInfo
        return "\(SoftwareInfo.system) \(architecture), \(info.operatingSystemVersionString), "
            + "\(info.activeProcessorCount) cores"
    }

    var parts: [(label: String, text: String?)] {
        [
            ("program", program), ("compiler", Self.compiler), ("platform", Self.platform), ("broker", broker),
            ("results", results),
        ] + settings.map { ($0.name, $0.value.text) }
    }

    var document: JSONValue {
        [
            "program": .string(program), "version": .string(SoftwareInfo.version), "compiler": .string(Self.compiler),
            "platform": .string(Self.platform), "broker": .string(broker), "result_backend": .string(results),
            "settings": .object(Dictionary(settings.map { (JSONKey($0.name), $0.value) }) { first, _ in first }),
        ]
    }
}
