import Celeriac
import Hummingbird
import NIOCore

/// The web API.
///
/// | route | answers |
/// |---|---|
/// | `POST /signup` `{"email": …, "name": …}` | 202 `{"task": id}`, and `Location: /tasks/{id}`; on PostgreSQL 409 for a member |
/// | `POST /reports` `{"pages": 10}` | the same |
/// | `GET /tasks/{id}` | 200 `{"id": …, "state": …}` with `result`, `failure` or `progress`; 404 |
/// | `GET /healthz` | 200, or 503 if the queue cannot be reached |
struct SignupRoutes: Sendable {
    let app: TaskApp
    let members: any Members

    var router: Router<SignupContext> {
        let router = Router(context: SignupContext.self)
        router.add(middleware: QueueErrors())
        router.post("signup") { request, context in try await signUp(request, context) }
        router.post("reports") { request, context in try await startReport(request, context) }
        router.get("tasks/:id") { _, context in try await show(TaskID(context.parameters.require("id"))) }
        router.get("healthz") { _, _ in try await health() }
        return router
    }

    private func signUp(_ request: Request, _ context: SignupContext) async throws -> Response {
        let user = try await request.decode(as: SignupRequest.self, context: context).validated()
        return accepted(try await members.signUp(user.email, name: user.name))
    }

    private func startReport(_ request: Request, _ context: SignupContext) async throws -> Response {
        let pages = try await request.decode(as: ReportRequest.self, context: context).validated()
        let result = try await $makeReport.delay(pages: pages)
        return accepted(result.id)
    }

    private func show(_ id: TaskID) async throws -> Response {
        guard let record = try await app.result(of: id, as: JSONValue.self).record else {
            throw HTTPError(.notFound, message: "nothing is known about this task")
        }
        return json(TaskView(record).json)
    }

    private func health() async throws -> Response {
        let counts = try await app.queue(app.options.defaultQueue).counts
        return json(["status": "ok", "waiting": counts.waiting.map { .integer(Int64($0)) } ?? .null])
    }

    // MARK: Answers

    private func accepted(_ id: TaskID) -> Response {
        var response = json(["task": .string(id.rawValue)])
        response.status = .accepted
        response.headers[.location] = "/tasks/\(id)"
        return response
    }

    private func json(_ value: JSONValue) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes))
        )
    }
}
