// A program that sends and reads, and imports only the client. LinkTests looks at what its executable contains.
import CeleriacClient

struct Add: CallableTask {
    typealias Output = Int
    let name: TaskName = "tasks.add"
}

let app = try TaskApp(Backend(MemoryStore()))
let sum = try await app.send(Add().signature(2, 2))
print(try await sum.state)
