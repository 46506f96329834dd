/**
 * The code of the CloudFront function that answers each path of the page without a file extension with the page itself, as
 * `drey dashboard` does. It sees no path of the API, which has behaviors of its own.
 */
export const pageRoutes = `function handler(event) {
  var request = event.request;
  if (!/[^/]\\.[^/.]*$/.test(request.uri)) request.uri = '/index.html';
  return request;
}
`;
