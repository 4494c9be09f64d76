#if POSTGRES
    import Celeriac
    import CeleriacPostgres
    import Hummingbird

    /// Members as rows beside the queue: the row and the task that mails are committed together.
    ///
    /// A sign-up that is refused, or a process that dies halfway, leaves neither. A row without its mail, or a mail without
    /// its row, cannot be.
    struct PostgresMembers: Members {
        private let app: TaskApp
        private let store: PostgresStore

        /// - Returns: `nil` if the app's broker is not PostgreSQL.
        init?(_ app: TaskApp) async throws {
            guard let store = app.backend.broker as? PostgresStore else { return nil }
            self.app = app
            self.store = store
            try await store.withTransaction { transaction in
                try await transaction.query(
                    "CREATE TABLE IF NOT EXISTS member (email text PRIMARY KEY, name text NOT NULL, since timestamptz DEFAULT now())"
                )
            }
        }

        func signUp(_ email: EmailAddress, name: String) async throws -> TaskID {
            let welcome = try await app.prepare(MailTasks.$sendWelcome(to: email, name: name))
            try await store.withTransaction { transaction in
                let added = try await transaction.query(
                    "INSERT INTO member (email, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    [.text(email.description), .text(name)])
                guard added.affected == 1 else {
                    throw HTTPError(.conflict, message: "this address has signed up already")
                }
                try await store.publish([welcome.publication], in: transaction)
            }
            return welcome.result.id
        }
    }
#endif
