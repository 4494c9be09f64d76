/// Takes part in sending calls and in running them. Implement the methods that you need; the defaults change nothing.
public protocol TaskMiddleware: SendMiddleware, RunMiddleware {}
