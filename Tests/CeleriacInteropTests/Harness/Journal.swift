import Foundation

/// The file into which the tasks `crash.mark` of all workers write: `+7` when number 7 starts, `-7` when it ends.
struct Journal: Sendable {
    let scratch: Scratch

    /// In bytes. It grows by whole lines.
    var size: Int {
        var status = stat()
        return stat(scratch.path("journal"), &status) == 0 ? Int(status.st_size) : 0
    }

    /// The numbers of the tasks that started and of those that ran to their end, in order, repeats included.
    ///
    /// - Parameter size: how much of the journal is read; `nil` = all of it.
    func entries(upTo size: Int? = nil) -> (starts: [Int], ends: [Int]) {
        let text = (try? Data(contentsOf: URL(filePath: scratch.path("journal")))) ?? Data()
        let lines = String(decoding: text.prefix(size ?? .max), as: UTF8.self).split(separator: "\n")
        func numbers(_ mark: Character) -> [Int] {
            lines.filter { $0.first == mark }.compactMap { Int($0.dropFirst()) }
        }
        return (numbers("+"), numbers("-"))
    }

    /// What became of the tasks 0 to `count`.
    func figures(of count: Int) -> Figures {
        let (starts, ends) = entries()
        return Figures(
            count: count, starts: starts.count, repeats: starts.count - Set(starts).count,
            lost: Set(0..<count).subtracting(ends)
        )
    }

    struct Figures: CustomStringConvertible {
        let count: Int
        let starts: Int
        let repeats: Int
        let lost: Set<Int>

        var description: String { "tasks \(count), starts \(starts), repeats \(repeats), lost \(lost.count)" }
    }

    /// Starts one worker after another and kills each in the midst of its work: as soon as the journal has grown by a
    /// random number of bytes. Blocks.
    func killAll(_ kills: Int, seed: UInt64, _ start: (Int) throws -> SwiftWorker) throws {
        var seed = seed
        for number in 0..<kills {
            let worker = try start(number)
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let target = size + 1 + Int((seed >> 33) % 120)
            while size < target, worker.process.isRunning { usleep(200) }
            worker.process.kill()
        }
    }
}
