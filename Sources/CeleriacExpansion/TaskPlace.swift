/// Where a task's code is. This decides what its function must satisfy, and what is written for it.
enum TaskPlace {
    /// `@Task`: in the function's own body. A worker of this program finds it.
    case here
    /// `@RemoteTask`: in another program. The function has no body.
    case elsewhere
}
