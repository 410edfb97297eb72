// Variables that the command line of a container engine acts on itself: given to it, they would not only be the container's.
const engineOwn = /^(PATH|HOME|TMPDIR|LD_.*|DOCKER_.*|CONTAINER_.*|CONTAINERS_.*|XDG_.*|HTTPS?_PROXY|NO_PROXY|GO.*)$/i;

export function isEngineVariable(name: string): boolean {
  return engineOwn.test(name);
}
