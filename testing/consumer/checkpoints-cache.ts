import { cacheFolder, findCacheFolder, type CacheUser } from '@stargan/checkpoints';

const user: CacheUser = { env: { XDG_CACHE_HOME: undefined }, home: undefined };
const folder: string | undefined = findCacheFolder(user);
console.log(folder, findCacheFolder(), cacheFolder('weights'));
