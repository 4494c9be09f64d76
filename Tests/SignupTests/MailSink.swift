import Celeriac
import Foundation

/// The SMTP server of scripts/smtp-sink, on a free port.
final class MailSink {
    let port: Int
    private let process: ChildProcess
    private let mails: URL

    /// - Parameter flaky: how often an address that starts with "flaky" is refused at first.
    init(in folder: TemporaryFolder, flaky: Int = 1) async throws {
        mails = folder.url.appending(path: "mails")
        process = try ChildProcess(
            Place.checkout.appending(path: ".venv/bin/python"),
            [Place.checkout.appending(path: "scripts/smtp-sink").path, "--mails", mails.path, "--flaky", "\(flaky)"],
            log: folder.url.appending(path: "sink.log")
        )
        guard let line = await process.line(), let port = try JSONValue(parsing: line)["port"]?.intValue else {
            await process.stop()
            throw Place.Absent("the SMTP sink did not start; run scripts/setup")
        }
        self.port = port
    }

    func stop() async { await process.stop() }

    /// The mails that arrived, oldest first.
    var arrived: [JSONValue] {
        get throws {
            guard FileManager.default.fileExists(atPath: mails.path) else { return [] }
            return try String(contentsOf: mails, encoding: .utf8).split(separator: "\n").map {
                try JSONValue(parsing: String($0))
            }
        }
    }
}
