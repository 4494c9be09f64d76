import Celeriac
import CeleriacPostgres
import Foundation

@Task(name: "signup.welcome")
func welcome(_ email: String) async throws {}

// snippet.effect
@Task func book(_ context: TaskContext, order: Int) async throws {
    let transaction = try await context.transaction(of: PostgresTransaction.self)
    try await transaction.query("UPDATE orders SET booked = booked + 1 WHERE id = $1", [.int(Int64(order))])
}
// snippet.end

@main
struct OneDatabase {
    static func main() async throws {
        guard let url = ProcessInfo.processInfo.environment["CELERIAC_BROKER_URL"] else { return }
        let store = try PostgresStore(url: url)
        try await store.migrate()
        let app = try TaskApp(Backend(store))
        print(try await signUp(app, store, "ada@example.com"))
    }

    static func signUp(_ app: TaskApp, _ store: PostgresStore, _ email: String) async throws -> TaskID {
        // snippet.enqueue
        let mail = try await app.prepare($welcome(email))
        try await store.withTransaction { transaction in
            try await transaction.query("INSERT INTO member (email) VALUES ($1)", [.text(email)])
            try await store.publish([mail.publication], in: transaction)
        }
        return mail.result.id  // the row and the call are there, or neither
        // snippet.end
    }
}
