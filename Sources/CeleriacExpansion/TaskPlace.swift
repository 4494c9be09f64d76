/// Where a task's code is: that decides what is asked of its function, and what is made of it.
enum TaskPlace {
    /// `@Task`: in the function's own body. A worker of this program finds it.
    case here
    /// `@RemoteTask`: in another program. The function has no body.
    case elsewhere
}
