// The name of a method as checks write it: `package.Service/Method`.

export interface MethodName {
  /** With its package. */
  service: string;
  method: string;
}

const METHOD = /^\/?((?:\w+\.)*\w+)\/(\w+)$/;

/** undefined = it is no such name. */
export function parseMethodName(text: string): MethodName | undefined {
  const [, service, method] = METHOD.exec(text) ?? [];
  return service === undefined || method === undefined ? undefined : { service, method };
}

/** As HTTP/2 sees it. */
export function pathOf({ service, method }: MethodName): string {
  return `/${service}/${method}`;
}
