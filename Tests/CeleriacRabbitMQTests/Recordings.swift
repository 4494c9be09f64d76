import Foundation
import Testing

/// What Celery 5.7 with py-amqp 5.4 and RabbitMQ 3.10 sent, recorded: the files that the tests of the client use too.
enum Recordings {
    /// Every recording, by its name without `.json`.
    static var all: [String: Any] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "AMQPClientTests/Fixtures/celery-amqp")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let pairs = files.compactMap { file -> (String, Any)? in
            guard let data = try? Data(contentsOf: file), let value = try? JSONSerialization.jsonObject(with: data)
            else { return nil }
            return (file.deletingPathExtension().lastPathComponent, value)
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}
