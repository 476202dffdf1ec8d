package import Groundwork

/// What the HTTP border itself refuses, before a room is asked.
package enum WebServiceRefusal: String, RefusalReason {
    case bodyTooLarge = "body-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case malformedBody = "malformed-body"
    case malformedQuery = "malformed-query"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case internalFault = "internal-fault"
    case addressInUse = "address-in-use"
    case tooManyRequests = "too-many-requests"
    case malformedRequest = "malformed-request"
    case requestTooSlow = "request-too-slow"
    case methodUnknown = "method-unknown"

    package static let room = "web-service"

    package var message: LocalisedText {
        switch self {
        case .bodyTooLarge:
            LocalisedText(
                zh: "请求内容超过 {limit} 字节的上限。", en: "The request body is larger than the limit of {limit} bytes.")
        case .unsupportedMediaType:
            LocalisedText(zh: "此处只接受 {expected}。", en: "Only {expected} is accepted here.")
        case .malformedBody:
            LocalisedText(zh: "请求内容无法解析：{what}。", en: "The request body could not be read: {what}.")
        case .malformedQuery:
            LocalisedText(zh: "参数 {parameter} 缺少或不正确。", en: "The parameter {parameter} is missing or not right.")
        case .notFound: LocalisedText(zh: "这里没有您要找的内容。", en: "There is nothing here.")
        case .methodNotAllowed:
            LocalisedText(zh: "此处只接受 {allowed} 方法。", en: "Only {allowed} is answered here.")
        case .internalFault:
            LocalisedText(
                zh: "系统出现故障，您的请求没有完成。编号：{request}。",
                en: "Something failed on our side; your request was not done. Reference: {request}.")
        case .addressInUse:
            LocalisedText(zh: "{address} 已被占用。", en: "{address} is in use by another program.")
        case .tooManyRequests:
            LocalisedText(zh: "请求过于频繁。", en: "Too many requests.")
        case .malformedRequest:
            LocalisedText(zh: "HTTP 请求不合规范：{what}。", en: "The HTTP request is malformed: {what}.")
        case .requestTooSlow:
            LocalisedText(zh: "请求未在规定时间内传完。", en: "The request did not arrive in time.")
        case .methodUnknown: LocalisedText(zh: "没有这种 HTTP 方法。", en: "There is no such HTTP method.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .bodyTooLarge: LocalisedText(zh: "请缩小后重试。", en: "Send less and try again.")
        case .unsupportedMediaType, .malformedBody, .malformedQuery, .methodNotAllowed, .methodUnknown:
            LocalisedText(zh: "请对照接口文档修改请求。", en: "Correct the request by the interface's description.")
        case .notFound: LocalisedText(zh: "请检查地址。", en: "Check the address.")
        case .internalFault:
            LocalisedText(
                zh: "请稍后重试；如仍失败，请把编号告诉 962600。", en: "Try again later; if it fails again, tell 962600 the reference.")
        case .addressInUse:
            LocalisedText(zh: "请在配置中换一个端口，或停止占用它的程序。", en: "Choose another port, or stop that program.")
        case .tooManyRequests:
            LocalisedText(zh: "请{seconds}秒后重试。", en: "Try again in {seconds} s.")
        case .malformedRequest:
            LocalisedText(zh: "请检查客户端或其前面的代理。", en: "Check the client, or the proxy before it.")
        case .requestTooSlow:
            LocalisedText(zh: "请检查网络后重试。", en: "Check the network and try again.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .internalFault, .tooManyRequests, .requestTooSlow: .later
        default: .no
        }
    }
}
